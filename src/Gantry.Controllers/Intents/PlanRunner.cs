using System.Collections.Concurrent;
using System.Globalization;
using Gantry.Client;

namespace Gantry.Controllers.Intents;

/// <summary>
/// Performs the intents of one controller, and keeps it from deciding on a view that does not show its own writes yet.
/// </summary>
/// <remarks>
/// A controller that creates objects with generated names must not look again before its cache shows them, or it would create them twice.
/// Instead of counting expected events, the runner remembers for each key what must be visible: revisions reached, deleted objects
/// marked or gone. <see cref="Settled"/> is a question about the present state of the caches, so a lost event cannot leave it stuck.
/// </remarks>
public sealed class PlanRunner
{
    /// <summary>A cache that lags longer than this is broken in some other way; waiting on would only hide it.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);

    private readonly ControllerContext _context;
    private readonly PerformContext _perform;
    private readonly ConcurrentDictionary<ObjectKey, Pending> _pending = new();

    public PlanRunner(ControllerContext context)
    {
        _context = context;
        _perform = new PerformContext(context.Api, context.Metadata, context.Caches);
    }

    /// <summary>Whether the caches show everything the runner wrote for that key.</summary>
    public bool Settled(ObjectKey key)
    {
        if (!_pending.TryGetValue(key, out var pending))
        {
            return true;
        }

        if (pending.Seen.All(seen => seen()) || _context.Clock.GetUtcNow() - pending.Since > LongestWait)
        {
            _pending.TryRemove(key, out _);
            return true;
        }

        return false;
    }

    /// <summary>Performs the intents one after the other up to the first refusal, which is the result; null when all went well.</summary>
    public async ValueTask<ApiError?> PerformAsync(ObjectKey key, IReadOnlyList<Intent> intents, CancellationToken ct)
    {
        foreach (var intent in intents)
        {
            var error = intent is Together together
                ? await TogetherAsync(key, together.Intents, ct).ConfigureAwait(false)
                : await OneAsync(key, intent, ct).ConfigureAwait(false);
            if (error is not null && !intent.Optional)
            {
                return error;
            }
        }

        return null;
    }

    private async ValueTask<ApiError?> TogetherAsync(ObjectKey key, IReadOnlyList<Intent> intents, CancellationToken ct)
    {
        var (at, size) = (0, 1);
        while (at < intents.Count)
        {
            var group = intents.Skip(at).Take(size).Select(i => OneAsync(key, i, ct).AsTask());
            (at, size) = (at + size, size * 2);
            var errors = await Task.WhenAll(group).ConfigureAwait(false);
            if (errors.FirstOrDefault(e => e is not null) is { } error)
            {
                return error;
            }
        }

        return null;
    }

    private async ValueTask<ApiError?> OneAsync(ObjectKey key, Intent intent, CancellationToken ct)
    {
        if (intent is Tell tell)
        {
            _context.Events.Record(tell.Regarding, tell.Type, tell.Reason, tell.Message);
            return null;
        }

        var performed = await intent.PerformAsync(_perform, ct).ConfigureAwait(false);
        if (performed.Seen is { } seen && !seen())
        {
            _pending.AddOrUpdate(
                key,
                static (_, add) => new Pending([add.Seen], add.Now),
                static (_, old, add) => new Pending([.. old.Seen, add.Seen], add.Now),
                (Seen: seen, Now: _context.Clock.GetUtcNow()));
        }

        Announce(intent.Announce, performed);
        return performed.Error;
    }

    private void Announce(Announcement? what, Performed performed)
    {
        if (what is null)
        {
            return;
        }

        // Refusals because the namespace goes away are no news to anybody.
        if (performed.Error is { IsNamespaceTerminating: false } error && what.FailedReason.Length > 0)
        {
            _context.Events.Record(what.Regarding, "Warning", what.FailedReason, string.Format(CultureInfo.InvariantCulture, what.FailedMessage, error.Message));
        }
        else if (performed.Error is null && what.Reason.Length > 0)
        {
            _context.Events.Record(what.Regarding, "Normal", what.Reason, string.Format(CultureInfo.InvariantCulture, what.Message, performed.Name));
        }
    }

    private sealed record Pending(IReadOnlyList<Func<bool>> Seen, DateTimeOffset Since);
}
