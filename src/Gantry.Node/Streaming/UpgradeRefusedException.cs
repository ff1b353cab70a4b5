namespace Gantry.Node.Streaming;

/// <summary>The runtime's streaming server did not upgrade a connection: its HTTP status and its words.</summary>
internal sealed class UpgradeRefusedException : Exception
{
    public UpgradeRefusedException(int status, string message) : base(message)
    {
        Status = status;
    }

    public int Status { get; }
}
