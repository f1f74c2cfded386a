import { expect, it } from '@jest/globals';
import { faultOf } from '../../../src/cameras/onvif/soap.ts';
import { parseXml } from '../../../src/cameras/xml.ts';

const fault = (code: string, subcode: string) =>
  faultOf(
    parseXml(
      `<s:Fault xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Code><s:Value>${code}</s:Value><s:Subcode><s:Value>${subcode}</s:Value></s:Subcode></s:Code><s:Reason><s:Text>no</s:Text></s:Reason></s:Fault>`,
      1_000_000,
    ),
  ).subcodes;

it('the codes of a fault are local names', () => {
  expect(fault('s:Sender', ' ter:InvalidArgVal ')).toEqual(['Sender', 'InvalidArgVal']);
  expect(fault('Sender', 'ter:No-Such.Profile_1')).toEqual(['Sender', 'No-Such.Profile_1']);
});

it('what stands in their place and is none is nothing, however long it is', () => {
  for (const none of ['x'.repeat(400_000), '%2541+'.repeat(50_000), 'a:b:c', 'two words', '']) {
    expect(fault('s:Sender', none)).toEqual(['Sender', '']);
  }
});
