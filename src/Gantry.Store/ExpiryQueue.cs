namespace Gantry.Store;

/// <summary>Keys by the time they expire. Entries of versions that were replaced stay until they come up, or until they are the majority.</summary>
internal sealed class ExpiryQueue
{
    private readonly PriorityQueue<(string Key, long Id), DateTimeOffset> _queue = new();

    /// <summary>When the next key expires, as far as known.</summary>
    public DateTimeOffset? Next => _queue.TryPeek(out _, out var at) ? at : null;

    public void Add(KeyValue item)
    {
        if (item.ExpiresAt is { } at)
        {
            _queue.Enqueue((item.Key, item.Id), at);
        }
    }

    /// <summary>Takes the next key of <paramref name="live"/> that expires at or before <paramref name="moment"/>; null when there is none.</summary>
    public KeyValue? Take(DateTimeOffset moment, SortedSnapshot<KeyValue> live)
    {
        while (_queue.TryPeek(out var entry, out var at) && at <= moment)
        {
            _queue.Dequeue();
            if (live.Find(entry.Key) is { } found && found.Id == entry.Id)
            {
                return found;
            }
        }
        return null;
    }

    /// <summary>Drops the entries of replaced versions when they outnumber what <paramref name="live"/> can have.</summary>
    public void Tidy(SortedSnapshot<KeyValue> live)
    {
        if (_queue.Count < 4096 || _queue.Count < 2 * live.Count)
        {
            return;
        }
        var kept = _queue.UnorderedItems.Where(entry => live.Find(entry.Element.Key)?.Id == entry.Element.Id).ToList();
        _queue.Clear();
        _queue.EnqueueRange(kept);
    }
}
