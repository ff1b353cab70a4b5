using Gantry.Api;
using Gantry.Server.Requests;
using Gantry.Server.Statuses;

namespace Gantry.Server.Http;

/// <summary>
/// How long requests may take: what the server allows, or less where the client says so by <c>?timeout=</c>. Requests that begin in the same
/// second share a timer, so a deadline costs a request next to nothing.
/// </summary>
internal sealed class RequestDeadlines
{
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(1);

    private readonly TimeProvider _clock;
    private Slot _slot;

    public RequestDeadlines(TimeSpan limit, TimeProvider clock)
    {
        Limit = limit;
        _clock = clock;
        _slot = new Slot(clock.GetTimestamp(), CancellationToken.None);
    }

    /// <summary>The longest that a request may take which is no watch or stream.</summary>
    public TimeSpan Limit { get; }

    /// <summary>What happens to requests whose time is over.</summary>
    public static ApiStatus Overdue { get; } = ApiStatus.Timeout("Timeout: request did not complete within requested timeout - context deadline exceeded");

    /// <summary>Begins the time of a request that has a deadline.</summary>
    /// <param name="options">The query.</param>
    /// <param name="always">Whether there is a deadline where the client names none.</param>
    /// <param name="aborted">Ends with the client.</param>
    /// <returns>The request's time, or why its option cannot be understood.</returns>
    public (RequestTime Time, ApiStatus? Refusal) Begin(RequestOptions options, bool always, CancellationToken aborted)
    {
        if (options["timeout"] is { Length: > 0 } text)
        {
            if (!GoDuration.TryParse(text, out var nanoseconds, out var error))
            {
                return (default, ApiStatus.BadRequest("invalid timeout specified in the request URL - " + error));
            }

            if (nanoseconds > 0 && nanoseconds / 100 < Limit.Ticks)
            {
                var own = new CancellationTokenSource(TimeSpan.FromTicks(Math.Max(1, nanoseconds / 100)), _clock);
                return (RequestTime.Of(own, own.Token, aborted), null);
            }
        }

        return (always ? RequestTime.Of(null, Shared(), aborted) : new RequestTime(aborted), null);
    }

    private CancellationToken Shared()
    {
        var slot = Volatile.Read(ref _slot);
        if (!slot.Deadline.CanBeCanceled || _clock.GetElapsedTime(slot.From) >= Step)
        {
            // Two that make one at the same moment each use their own. Its timer ends it, so nobody has to dispose of it.
            slot = new Slot(_clock.GetTimestamp(), new CancellationTokenSource(Limit + Step, _clock).Token);
            Volatile.Write(ref _slot, slot);
        }

        return slot.Deadline;
    }

    private sealed record Slot(long From, CancellationToken Deadline);
}
