namespace Gantry.Server.Encryption.Kms;

/// <summary>A plugin did not do what it was asked for; the message is as Go's gRPC prints it.</summary>
/// <param name="code">gRPC's name of the fault, such as <c>Unavailable</c>.</param>
/// <param name="message">The whole text.</param>
/// <param name="inner">What it came of.</param>
public sealed class KeyServiceException(string code, string message, Exception? inner = null) : Exception(message, inner)
{
    public string Code { get; } = code;
}
