using System.Buffers.Binary;

namespace Gantry.Network.Dns;

/// <summary>
/// Keeps responses as bytes for as long as they allow. On the way out id and spelling are the asker's, and every TTL is lower by the time passed.
/// Thread-safe.
/// </summary>
public sealed class AnswerCache(int capacity, TimeSpan longest, TimeProvider clock)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<AnswerKey, Kept> _kept = [];

    public byte[]? Find(AnswerKey key, DnsQuery query)
    {
        Kept kept;
        lock (_lock)
        {
            if (!_kept.TryGetValue(key, out kept!))
            {
                return null;
            }
        }

        var age = clock.GetElapsedTime(kept.At);
        if (age >= kept.Life)
        {
            return null;
        }

        var copy = kept.Message.ToArray();
        BinaryPrimitives.WriteUInt16BigEndian(copy, query.Id);

        // The name in the case the asker used: careful resolvers compare it.
        query.Name.Wire.CopyTo(copy.AsSpan(DnsReader.HeaderSize));
        var seconds = (uint)age.TotalSeconds;
        foreach (var position in kept.TtlPositions)
        {
            var ttl = BinaryPrimitives.ReadUInt32BigEndian(copy.AsSpan(position));
            BinaryPrimitives.WriteUInt32BigEndian(copy.AsSpan(position), ttl > seconds ? ttl - seconds : 0);
        }

        return copy;
    }

    public void Keep(AnswerKey key, byte[] message, DnsResponseFacts facts)
    {
        var life = TimeSpan.FromSeconds(Math.Min(facts.KeepSeconds, longest.TotalSeconds));
        if (life <= TimeSpan.Zero || facts.Truncated || facts.Code is not (DnsCode.NoError or DnsCode.NameError) || capacity == 0)
        {
            return;
        }

        lock (_lock)
        {
            if (_kept.Count >= capacity && !_kept.ContainsKey(key))
            {
                MakeRoom();
            }

            _kept[key] = new(message, clock.GetTimestamp(), life, facts.TtlPositions);
        }
    }

    private void MakeRoom()
    {
        foreach (var (key, kept) in _kept.ToList())
        {
            if (clock.GetElapsedTime(kept.At) >= kept.Life)
            {
                _kept.Remove(key);
            }
        }

        // Everything still fresh: the oldest tenth goes, so that this scan is rare.
        if (_kept.Count >= capacity)
        {
            foreach (var (key, _) in _kept.OrderBy(k => k.Value.At).Take(Math.Max(1, capacity / 10)).ToList())
            {
                _kept.Remove(key);
            }
        }
    }

    private sealed record Kept(byte[] Message, long At, TimeSpan Life, IReadOnlyList<int> TtlPositions);
}
