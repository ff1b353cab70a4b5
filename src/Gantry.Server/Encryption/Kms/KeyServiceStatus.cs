namespace Gantry.Server.Encryption.Kms;

/// <summary>What a plugin says of itself.</summary>
/// <param name="Version">Of the protocol: <c>v2</c> or <c>v2beta1</c>.</param>
/// <param name="Health">Anything but <c>ok</c> is a fault.</param>
/// <param name="KeyId">Names the key that it encrypts with.</param>
public sealed record KeyServiceStatus(string Version, string Health, string KeyId);
