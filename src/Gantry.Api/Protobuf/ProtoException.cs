namespace Gantry.Api.Protobuf;

/// <summary>Bytes are not the protobuf they should be.</summary>
public sealed class ProtoException : Exception
{
    public ProtoException()
    {
    }

    public ProtoException(string message)
        : base(message)
    {
    }

    public ProtoException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
