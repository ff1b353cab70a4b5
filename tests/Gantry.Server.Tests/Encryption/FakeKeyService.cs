using System.Collections.Concurrent;
using Gantry.Server.Encryption.Kms;

namespace Gantry.Server.Tests.Encryption;

/// <summary>A plugin whose ciphertext is the plain text backwards behind the key's name; it outlives connections to it.</summary>
internal sealed class FakeKeyService : IKeyService
{
    public string KeyId { get; set; } = "key-1";

    /// <summary>What encryption says its key is, where that is another one.</summary>
    public string? OtherKeyId { get; set; }

    public string Version { get; set; } = "v2";

    public string Health { get; set; } = "ok";

    /// <summary>What every call fails with; null where it does not.</summary>
    public string? Fault { get; set; }

    public Dictionary<string, byte[]> Annotations { get; } = new(StringComparer.Ordinal) { ["version.example.com"] = [1] };

    public ConcurrentQueue<string> Calls { get; } = new();

    public (string Socket, TimeSpan Timeout) Connected { get; private set; }

    public IKeyService Connect(string socket, TimeSpan timeout)
    {
        Connected = (socket, timeout);
        return this;
    }

    public ValueTask<KeyServiceStatus> StatusAsync(CancellationToken cancellation) => Answer("status", new KeyServiceStatus(Version, Health, KeyId));

    public ValueTask<WrappedKey> EncryptAsync(string uid, ReadOnlyMemory<byte> plain, CancellationToken cancellation)
    {
        var bytes = plain.ToArray();
        Array.Reverse(bytes);
        return Answer("encrypt", new WrappedKey(OtherKeyId ?? KeyId, bytes, Annotations));
    }

    public ValueTask<byte[]> DecryptAsync(string uid, WrappedKey key, CancellationToken cancellation)
    {
        Assert.Equal([1], key.Annotations["version.example.com"]);
        var bytes = key.Ciphertext.ToArray();
        Array.Reverse(bytes);
        return Answer("decrypt " + key.KeyId, bytes);
    }

    public void Dispose()
    {
    }

    private ValueTask<T> Answer<T>(string call, T answer)
    {
        Calls.Enqueue(call);
        return Fault is { } fault ? throw new KeyServiceException(fault.Split(' ')[4], fault) : ValueTask.FromResult(answer);
    }
}
