/** The interfaces that every object has (D-Bus specification, "Standard Interfaces"). */
import type { InterfaceDeclaration } from "./interface.ts";

export const peerInterface: InterfaceDeclaration = {
  name: "org.freedesktop.DBus.Peer",
  methods: { Ping: { in: [], out: [] }, GetMachineId: { in: [], out: [["machine_uuid", "s"]] } },
  properties: {},
  signals: {},
};

export const introspectableInterface: InterfaceDeclaration = {
  name: "org.freedesktop.DBus.Introspectable",
  methods: { Introspect: { in: [], out: [["xml_data", "s"]] } },
  properties: {},
  signals: {},
};

export const propertiesInterface: InterfaceDeclaration = {
  name: "org.freedesktop.DBus.Properties",
  methods: {
    Get: {
      in: [
        ["interface_name", "s"],
        ["property_name", "s"],
      ],
      out: [["value", "v"]],
    },
    GetAll: { in: [["interface_name", "s"]], out: [["props", "a{sv}"]] },
    Set: {
      in: [
        ["interface_name", "s"],
        ["property_name", "s"],
        ["value", "v"],
      ],
      out: [],
    },
  },
  properties: {},
  signals: {
    PropertiesChanged: {
      args: [
        ["interface_name", "s"],
        ["changed_properties", "a{sv}"],
        ["invalidated_properties", "as"],
      ],
    },
  },
};

export const standardInterfaces: readonly InterfaceDeclaration[] = [
  peerInterface,
  introspectableInterface,
  propertiesInterface,
];
