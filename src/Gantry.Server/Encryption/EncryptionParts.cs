using Gantry.Server.Encryption.Kms;
using Microsoft.Extensions.Logging;

namespace Gantry.Server.Encryption;

/// <summary>What providers are made with.</summary>
/// <param name="Keys">The way to keys that are elsewhere; null where there is none.</param>
/// <param name="Reload">Whether the configuration may change while the server runs.</param>
/// <param name="Log">Is told of keys that cannot be used.</param>
public sealed record EncryptionParts(KeyServices? Keys, bool Reload, ILogger Log);
