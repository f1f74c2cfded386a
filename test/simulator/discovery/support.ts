/** Questions as a client asks them. */
export function probe(content: string, messageId = 'urn:uuid:probe-1'): string {
  return question('Probe', `<d:Probe>${content}</d:Probe>`, messageId);
}

export function resolve(address: string, messageId = 'urn:uuid:resolve-1'): string {
  const endpoint = `<a:EndpointReference><a:Address>${address}</a:Address></a:EndpointReference>`;
  return question('Resolve', `<d:Resolve>${endpoint}</d:Resolve>`, messageId);
}

function question(action: string, body: string, messageId: string): string {
  return `<?xml version="1.0"?><e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope"
    xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing"
    xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery"
    xmlns:dn="http://www.onvif.org/ver10/network/wsdl" xmlns:tds="http://www.onvif.org/ver10/device/wsdl">
    <e:Header><a:MessageID>${messageId}</a:MessageID>
    <a:To>urn:schemas-xmlsoap-org:ws:2005:04:discovery</a:To>
    <a:Action>http://schemas.xmlsoap.org/ws/2005/04/discovery/${action}</a:Action></e:Header>
    <e:Body>${body}</e:Body></e:Envelope>`;
}
