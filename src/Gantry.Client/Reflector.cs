namespace Gantry.Client;

/// <summary>
/// Follows the objects of one kind: lists once, then watches from there, and again from the last revision seen whenever the watch ends. It
/// lists anew only when the server no longer keeps that revision.
/// </summary>
public sealed class Reflector<T>
    where T : class
{
    private readonly Func<ListQuery, CancellationToken, ValueTask<ApiList<T>>> _list;
    private readonly Func<WatchQuery, CancellationToken, IAsyncEnumerable<WatchEvent<T>>> _watch;
    private readonly Action<IReadOnlyList<T>, long> _replace;
    private readonly Action<WatchEvent<T>> _apply;
    private readonly CacheOptions _options;
    private readonly TimeProvider _clock;
    private long _revision;

    /// <param name="list">Lists one page.</param>
    /// <param name="watch">Watches.</param>
    /// <param name="replace">Takes the whole state and its revision, after each list.</param>
    /// <param name="apply">Takes each change after that. Neither may throw.</param>
    /// <param name="options">The scope and the pauses.</param>
    /// <param name="clock">The time for pauses.</param>
    public Reflector(
        Func<ListQuery, CancellationToken, ValueTask<ApiList<T>>> list,
        Func<WatchQuery, CancellationToken, IAsyncEnumerable<WatchEvent<T>>> watch,
        Action<IReadOnlyList<T>, long> replace,
        Action<WatchEvent<T>> apply,
        CacheOptions options,
        TimeProvider clock)
    {
        _list = list;
        _watch = watch;
        _replace = replace;
        _apply = apply;
        _options = options;
        _clock = clock;
    }

    /// <summary>How often the watch was lost through an error, and the last one.</summary>
    public CacheTrouble Trouble { get; private set; } = new(0, null);

    /// <summary>Runs until cancelled. Failures are retried with growing pauses.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        var (pause, listed) = (_options.FirstPause, false);
        while (true)
        {
            ct.ThrowIfCancellationRequested();
            var calm = false;
            try
            {
                if (!listed)
                {
                    await ListAsync(ct).ConfigureAwait(false);
                    listed = true;
                }

                calm = await WatchAsync(ct).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                throw;
            }
            catch (ApiException gone) when (gone.Error.IsGone)
            {
                listed = false;
                Trouble = new(Trouble.Count + 1, gone);
            }
#pragma warning disable CA1031 // whatever breaks a connection is retried: the reflector outlives its server
            catch (Exception broken)
#pragma warning restore CA1031
            {
                Trouble = new(Trouble.Count + 1, broken);
            }

            // A watch that brought something and then ended is the normal course: servers close watches now and then.
            if (calm)
            {
                pause = _options.FirstPause;
            }
            else
            {
                await Task.Delay(pause, _clock, ct).ConfigureAwait(false);
                pause = pause * 2 < _options.LongestPause ? pause * 2 : _options.LongestPause;
            }
        }
    }

    private async Task ListAsync(CancellationToken ct)
    {
        var items = new List<T>();
        var page = new ApiList<T>([], "");
        do
        {
            page = await _list(_options.Scope with { Limit = _options.PageSize, Continue = page.Continue }, ct).ConfigureAwait(false);
            items.AddRange(page.Items);
        }
        while (page.Continue.Length > 0);
        _revision = Revisions.Parse(page.ResourceVersion);
        _replace(items, _revision);
    }

    /// <summary>Whether anything arrived before the server closed the watch.</summary>
    private async Task<bool> WatchAsync(CancellationToken ct)
    {
        var query = new WatchQuery
        {
            Namespace = _options.Scope.Namespace,
            LabelSelector = _options.Scope.LabelSelector,
            FieldSelector = _options.Scope.FieldSelector,
            ResourceVersion = Revisions.Text(_revision),
        };
        var progress = false;
        await foreach (var change in _watch(query, ct).ConfigureAwait(false))
        {
            progress = true;
            _revision = Math.Max(_revision, Revisions.Parse(change.ResourceVersion));
            _apply(change);
        }

        return progress;
    }
}
