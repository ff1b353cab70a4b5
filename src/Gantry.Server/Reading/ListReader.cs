using Gantry.Server.Handling;
using Gantry.Server.Registry;
using Gantry.Server.Requests;
using Gantry.Server.Statuses;
using Gantry.Store;

namespace Gantry.Server.Reading;

/// <summary>Reads pages of lists: from the cache where it still is at the wanted revision, else from the store's history.</summary>
public sealed class ListReader
{
    private const string Gone = "The resourceVersion for the provided list is too old.";

    private const string Inconsistent =
        "The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the "
        + "continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - "
        + "objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.";

    // A client that knows a newer revision than this server waits for it as long as others have it wait.
    private static readonly TimeSpan FreshnessWait = TimeSpan.FromSeconds(3);

    private readonly ObjectRegistry _registry;
    private readonly TimeProvider _clock;

    public ListReader(ObjectRegistry registry, TimeProvider clock)
    {
        _registry = registry;
        _clock = clock;
    }

    public async ValueTask<(ListPage? Page, ApiStatus? Refusal)> ReadAsync(
        ServedResource resource, Selection selection, RequestOptions query, CancellationToken cancellation)
    {
        if (resource.Custom is not { Family.IsRemote: true })
        {
            return await PageAsync(resource, selection, query, cancellation).ConfigureAwait(false);
        }

        if (selection.ReadsContent && await resource.ReadyAsync(resource.Cache.Snapshot.In(selection.Namespace).ToArray(), cancellation).ConfigureAwait(false) is { } unreadable)
        {
            return (null, unreadable);
        }

        var (page, refusal) = await PageAsync(resource, selection, query, cancellation).ConfigureAwait(false);
        return page is not null && await resource.ReadyAsync(page.Items, cancellation).ConfigureAwait(false) is { } unseen ? (null, unseen) : (page, refusal);
    }

    private async ValueTask<(ListPage? Page, ApiStatus? Refusal)> PageAsync(
        ServedResource resource, Selection selection, RequestOptions query, CancellationToken cancellation)
    {
        var (options, refusal) = ListOptions.Of(query, watch: false);
        if (options is null)
        {
            return (null, refusal);
        }

        if (options.Continue.Length > 0)
        {
            var (token, error) = ContinueToken.Parse(options.Continue);
            return token is null ? (null, ApiStatus.BadRequest("invalid continue token: " + error))
                : options.Revision > 0 ? (null, ApiStatus.BadRequest("specifying resource version is not allowed when using continue"))
                : await FromAsync(resource, selection, options, token.Value, cancellation).ConfigureAwait(false);
        }

        if (options.Revision is > 0 and var wanted && await WaitAsync(wanted, cancellation).ConfigureAwait(false) is { } future)
        {
            return (null, future);
        }

        if (options.IsExact)
        {
            return await FromAsync(resource, selection, options, new ContinueToken(options.Revision!.Value, ""), cancellation).ConfigureAwait(false);
        }

        // The clock is read before the snapshot: what it promises is then in there.
        var revision = _registry.Clock.Current;
        var snapshot = resource.Cache.Snapshot;
        // Whoever takes any state gets all of it: pages are only made of the newest or of a certain one.
        return (Cut(resource, selection.In(snapshot), null, Math.Max(revision, snapshot.Revision), options.Revision == 0 ? 0 : options.Limit), null);
    }

    /// <summary>Null when the caches hold the revision (after a short wait), else the refusal.</summary>
    public async ValueTask<ApiStatus?> WaitAsync(long revision, CancellationToken cancellation)
    {
        try
        {
            await _registry.Clock.WaitAsync(revision, cancellation).WaitAsync(FreshnessWait, _clock, cancellation).ConfigureAwait(false);
            return null;
        }
        catch (TimeoutException)
        {
            return ApiStatus.TooLargeResourceVersion(revision, _registry.Clock.Current);
        }
    }

    private async ValueTask<(ListPage? Page, ApiStatus? Refusal)> FromAsync(
        ServedResource resource, Selection selection, ListOptions options, ContinueToken token, CancellationToken cancellation)
    {
        var current = _registry.Clock.Current;
        var snapshot = resource.Cache.Snapshot;
        if (token.Revision < 0)
        {
            return (Cut(resource, selection.In(snapshot, token.After), null, Math.Max(current, snapshot.Revision), options.Limit), null);
        }

        if (snapshot.Revision <= token.Revision)
        {
            return (Cut(resource, selection.In(snapshot, token.After), null, token.Revision, options.Limit), null);
        }

        var kind = resource.Stored;
        var keys = KeyRange.Prefix(kind.KeyPrefix + (selection.Namespace.Length == 0 ? "" : selection.Namespace + "/"));
        if (token.After.Length > 0)
        {
            keys = keys.StartingAt(kind.KeyPrefix + token.After + "\0");
        }

        switch (await _registry.Store.RangeAsync(new RangeQuery { Keys = keys, At = new Revision(token.Revision) }, cancellation).ConfigureAwait(false))
        {
            case RangeResult.Page page:
                var objects = page.Items.Select(i => StoredObject.Of(kind, i.Value.Span, i.ModRevision.Value)).Where(selection.Matches);
                return (Cut(resource, objects, selection.IsEverything ? page.Items.Count : null, token.Revision, options.Limit), null);
            case RangeResult.Compacted:
                return (null, token.After.Length > 0
                    ? ApiStatus.Expired(Inconsistent) with { Continue = new ContinueToken(-1, token.After).ToString() }
                    : ApiStatus.Expired(Gone));
            case RangeResult.Future future:
                return (null, ApiStatus.TooLargeResourceVersion(token.Revision, future.Current.Value));
            default:
                throw new InvalidOperationException("an unknown answer of the store");
        }
    }

    // How many follow is told only where nothing is filtered, as counting would mean to filter them all.
    private static ListPage Cut(ServedResource resource, IEnumerable<StoredObject> objects, int? count, long revision, int limit)
    {
        var range = objects as SortedRange<StoredObject>;
        if (limit == 0)
        {
            return new ListPage(resource, range?.ToArray() ?? [.. objects], revision, "", null);
        }

        var items = new List<StoredObject>(Math.Min(limit, 1024));
        using var walk = objects.GetEnumerator();
        while (items.Count < limit && walk.MoveNext())
        {
            items.Add(walk.Current);
        }

        return items.Count < limit || !walk.MoveNext()
            ? new ListPage(resource, items, revision, "", null)
            : new ListPage(resource, items, revision, new ContinueToken(revision, items[^1].Key).ToString(), (count ?? range?.Count) - limit);
    }
}
