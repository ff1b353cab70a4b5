namespace Gantry.Node.Logs;

/// <summary>There is no such log; the message says why in the API's words.</summary>
public sealed class LogRefusedException : Exception
{
    public LogRefusedException(string message) : base(message)
    {
    }
}
