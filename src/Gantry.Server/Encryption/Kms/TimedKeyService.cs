namespace Gantry.Server.Encryption.Kms;

/// <summary>Counts how long calls of a plugin take, and how they end.</summary>
internal sealed class TimedKeyService(IKeyService service, KmsFigures figures, TimeProvider clock) : IKeyService
{
    public ValueTask<KeyServiceStatus> StatusAsync(CancellationToken cancellation) => TimeAsync("Status", service.StatusAsync(cancellation));

    public ValueTask<WrappedKey> EncryptAsync(string uid, ReadOnlyMemory<byte> plain, CancellationToken cancellation) =>
        TimeAsync("Encrypt", service.EncryptAsync(uid, plain, cancellation));

    public ValueTask<byte[]> DecryptAsync(string uid, WrappedKey key, CancellationToken cancellation) => TimeAsync("Decrypt", service.DecryptAsync(uid, key, cancellation));

    public void Dispose() => service.Dispose();

    private async ValueTask<T> TimeAsync<T>(string method, ValueTask<T> call)
    {
        var from = clock.GetTimestamp();
        try
        {
            var answer = await call.ConfigureAwait(false);
            figures.Asked(method, "OK", clock.GetElapsedTime(from));
            return answer;
        }
        catch (KeyServiceException e)
        {
            figures.Asked(method, e.Code, clock.GetElapsedTime(from));
            throw;
        }
    }
}
