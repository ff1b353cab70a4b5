namespace Gantry.Server.Encryption.Kms;

/// <summary>
/// A connection to a plugin that keeps keys elsewhere (k8s.io/kms, <c>v2.KeyManagementService</c>). Each call ends after the timeout that the configuration
/// gives it. Failures come as <see cref="KeyServiceException"/>; cancellation by the caller stays an OperationCanceledException.
/// </summary>
public interface IKeyService : IDisposable
{
    /// <summary>Whether the plugin is well, and which key it encrypts with.</summary>
    ValueTask<KeyServiceStatus> StatusAsync(CancellationToken cancellation);

    /// <summary>Encrypts a few bytes.</summary>
    /// <param name="uid">Names the call in the logs of both sides.</param>
    /// <param name="plain">What is to be hidden.</param>
    /// <param name="cancellation">Gives up.</param>
    ValueTask<WrappedKey> EncryptAsync(string uid, ReadOnlyMemory<byte> plain, CancellationToken cancellation);

    /// <summary>Decrypts what <see cref="EncryptAsync"/> made.</summary>
    /// <param name="uid">Names the call in the logs of both sides.</param>
    /// <param name="key">What the plugin answered then.</param>
    /// <param name="cancellation">Gives up.</param>
    ValueTask<byte[]> DecryptAsync(string uid, WrappedKey key, CancellationToken cancellation);
}
