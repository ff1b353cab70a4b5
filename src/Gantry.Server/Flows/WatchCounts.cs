using System.Collections.Concurrent;
using Gantry.Server.Requests;

namespace Gantry.Server.Flows;

/// <summary>
/// How many clients watch what: watches of the same resource, namespace and name count as one kind. Those that ask for one value of a field by which events
/// are told apart do not count, as all but a few events pass them by. Loops of this process do not come here.
/// </summary>
public sealed class WatchCounts
{
    private readonly ConcurrentDictionary<Watched, int> _counts = new();
    private int _total;

    /// <summary>Counts a watch until what is returned is disposed of.</summary>
    public IDisposable Add(RequestInfo info)
    {
        var selector = info.Options["fieldSelector"];
        if (selector.Length > 0 && Index(info) is { } field && Exact(selector, field) is not null)
        {
            return new Watch(null, default);
        }

        var watched = new Watched(info.Group, info.Resource, info.Namespace, info.Name.Length > 0 ? info.Name : Exact(selector, "metadata.name") ?? "");
        Interlocked.Increment(ref _total);
        _counts.AddOrUpdate(watched, 1, static (_, n) => n + 1);
        return new Watch(this, watched);
    }

    /// <summary>How many watches may want to hear of what a write does.</summary>
    public int Interested(RequestInfo info)
    {
        if (Volatile.Read(ref _total) == 0)
        {
            return 0;
        }

        var watched = new Watched(info.Group, info.Resource, "", "");
        var count = _counts.GetValueOrDefault(watched);
        if (info.Namespace.Length > 0)
        {
            watched = watched with { Namespace = info.Namespace };
            count += _counts.GetValueOrDefault(watched);
        }

        return info.Name.Length > 0 ? count + _counts.GetValueOrDefault(watched with { Name = info.Name }) : count;
    }

    /// <summary>The value that a field selector asks a field to have, or null.</summary>
    internal static string? Exact(string selector, string field)
    {
        foreach (var part in selector.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            if (part.StartsWith(field, StringComparison.Ordinal) && part.AsSpan(field.Length) is ['=', .. var value])
            {
                return value is ['=', .. var rest] ? rest.ToString() : value.ToString();
            }
        }

        return null;
    }

    private static string? Index(RequestInfo info) => (info.Group, info.Resource) switch
    {
        ("", "pods") => "spec.nodeName",
        ("", "nodes" or "secrets" or "configmaps") => "metadata.name",
        _ => null,
    };

    private void Forget(Watched watched)
    {
        Interlocked.Decrement(ref _total);
        if (_counts.AddOrUpdate(watched, 0, static (_, n) => n - 1) == 0)
        {
            // Somebody may have come in between, and then it stays.
            _counts.TryRemove(KeyValuePair.Create(watched, 0));
        }
    }

    private readonly record struct Watched(string Group, string Resource, string Namespace, string Name);

    private sealed class Watch(WatchCounts? counts, Watched watched) : IDisposable
    {
        private int _gone;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _gone, 1) == 0)
            {
                counts?.Forget(watched);
            }
        }
    }
}
