namespace Gantry.Scheduler.State;

/// <summary>How many nodes hold each image name.</summary>
public sealed class ImageSpread
{
    private readonly Dictionary<string, int> _nodes = new(StringComparer.Ordinal);

    public int NodesWith(string image) => _nodes.GetValueOrDefault(image);

    internal void Replace(IReadOnlyDictionary<string, long> old, IReadOnlyDictionary<string, long> now)
    {
        if (ReferenceEquals(old, now))
        {
            return;
        }

        foreach (var name in old.Keys)
        {
            if (--_nodes.Of(name) == 0)
            {
                _nodes.Remove(name);
            }
        }

        foreach (var name in now.Keys)
        {
            _nodes.Of(name)++;
        }
    }
}

file static class Counting
{
    public static ref int Of(this Dictionary<string, int> counts, string key) =>
        ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(counts, key, out _);
}
