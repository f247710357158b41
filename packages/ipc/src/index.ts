export { type Bus, busPath, joinBus, type NameReply } from "./bus.ts";
export { type BusServer, type BusServerOptions, serveOnBus } from "./bus-server.ts";
export { type Call, ClientConnection, type ConnectOptions, connectBus } from "./client.ts";
export { DBusError, EncodeError, errorNames, ProtocolError } from "./errors.ts";
export {
  type Argument,
  type CallContext,
  type EmitsChange,
  type Interface,
  type InterfaceDeclaration,
  type MethodDeclaration,
  type MethodHandler,
  type MethodResult,
  type PropertyDeclaration,
  type PropertyValue,
  type SignalDeclaration,
  unservedMembers,
} from "./interface.ts";
export { introspectionXml } from "./introspect.ts";
export { busLabelEscape, busLabelUnescape } from "./label-escape.ts";
export { marshal } from "./marshal.ts";
export {
  decodeMessage,
  encodeMessage,
  MAX_MESSAGE_BYTES,
  type Message,
  type MessageHeader,
  messageFlags,
  messageTypes,
} from "./message.ts";
export { MessageStream } from "./message-stream.ts";
export { isBusName, isInterfaceName, isMemberName, isObjectPath } from "./names.ts";
export { ObjectTree, type ObjectTreeOptions, type Resolver } from "./object-tree.ts";
export { type FoundObject, propertiesChanged } from "./properties.ts";
export {
  type Caller,
  type IncomingCall,
  type Peer,
  ServerConnection,
  type ServerConnectionOptions,
  type Signal,
} from "./server-connection.ts";
export { isSignature, splitSignature } from "./signature.ts";
export { standardInterfaces } from "./standard-interfaces.ts";
export { unmarshal } from "./unmarshal.ts";
export { unwrap, type Value, Variant, variant } from "./values.ts";
