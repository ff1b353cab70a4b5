namespace Gantry.Server.Encryption.Kms;

/// <summary>A plugin did not do what it was asked for; the message is as Go's gRPC prints it.</summary>
public sealed class KeyServiceException(string message, Exception? inner = null) : Exception(message, inner);
