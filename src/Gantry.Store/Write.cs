namespace Gantry.Store;

/// <summary>One write of a transaction: <see cref="Put"/> or <see cref="Delete"/>.</summary>
public abstract record Write
{
    private Write(string key) => Key = key;

    /// <summary>The key, compared by ordinal (UTF-16 code unit) order; not empty.</summary>
    public string Key { get; }

    /// <summary>Creates or replaces a key. The store keeps and hands out these very bytes: the caller must not change them afterwards.</summary>
    public sealed record Put(string Key, ReadOnlyMemory<byte> Value) : Write(Key)
    {
        /// <summary>When set, the store deletes the key soon after this moment, and keeps no history of it (see <see cref="StoreOptions.ExpiringBytes"/>).</summary>
        public DateTimeOffset? ExpiresAt { get; init; }

        /// <summary>A transaction is relaxed only if each of its writes is a relaxed put; otherwise all of it is <see cref="Durability.Full"/>.</summary>
        public Durability Durability { get; init; }
    }

    /// <summary>Deletes a key; of an absent key: no change.</summary>
    public sealed record Delete(string Key) : Write(Key);
}
