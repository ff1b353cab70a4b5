using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Gantry.Api.Models;

namespace Gantry.Client.Tests;

/// <summary>A server of one kind whose every answer the test decides.</summary>
internal sealed class ScriptedReader : IApiReader
{
    private readonly Lock _lock = new();
    private readonly List<string> _watchedFrom = [];
    private Channel<WatchEvent<V1ConfigMap>> _watch = Channel.CreateUnbounded<WatchEvent<V1ConfigMap>>();

    public List<V1ConfigMap> Items { get; } = [];

    public long Revision { get; set; } = 10;

    public int Lists { get; private set; }

    /// <summary>Thrown by the next list instead of an answer.</summary>
    public Exception? NextListFails { get; set; }

    /// <summary>The revisions that watches started from.</summary>
    public IReadOnlyList<string> WatchedFrom
    {
        get
        {
            lock (_lock)
            {
                return [.. _watchedFrom];
            }
        }
    }

    public static V1ConfigMap Map(string name, long revision, string ns = "default") =>
        new() { Metadata = new V1ObjectMeta { Namespace = ns, Name = name, Uid = name, ResourceVersion = Revisions.Text(revision) } };

    public void Send(WatchEventType type, V1ConfigMap item) => _watch.Writer.TryWrite(new(type, item, item.Metadata.ResourceVersion));

    public void Bookmark(long revision) => _watch.Writer.TryWrite(new(WatchEventType.Bookmark, null, Revisions.Text(revision)));

    /// <summary>Ends the present watch as servers do now and then, or with an error.</summary>
    public void EndWatch(Exception? error = null)
    {
        var old = _watch;
        _watch = Channel.CreateUnbounded<WatchEvent<V1ConfigMap>>();
        old.Writer.Complete(error);
    }

    public ValueTask<T?> GetAsync<T>(string ns, string name, CancellationToken ct = default)
        where T : class, IApiObject<T> => throw new NotSupportedException();

    public ValueTask<ApiList<T>> ListAsync<T>(ListQuery query, CancellationToken ct = default)
        where T : class, IApiObject<T>
    {
        Lists++;
        if (NextListFails is { } failure)
        {
            NextListFails = null;
            throw failure;
        }

        return new(new ApiList<T>([.. Items.Cast<T>()], Revisions.Text(Revision)));
    }

    public async IAsyncEnumerable<WatchEvent<T>> WatchAsync<T>(WatchQuery query, [EnumeratorCancellation] CancellationToken ct = default)
        where T : class, IApiObject<T>
    {
        var mine = _watch;
        lock (_lock)
        {
            _watchedFrom.Add(query.ResourceVersion);
        }

        await foreach (var change in mine.Reader.ReadAllAsync(ct))
        {
            yield return new WatchEvent<T>(change.Type, (T?)(object?)change.Object, change.ResourceVersion);
        }
    }
}
