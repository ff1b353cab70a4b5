namespace Gantry.Api.Protobuf;

/// <summary>How a value is laid out on the wire.</summary>
public enum WireType
{
    Varint = 0,
    Fixed64 = 1,
    Length = 2,
    Fixed32 = 5,
}
