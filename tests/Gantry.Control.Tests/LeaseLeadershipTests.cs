using Gantry.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gantry.Control.Tests;

public sealed class LeaseLeadershipTests : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);
    private readonly ManualTimeProvider _clock = new();
    private readonly LeaseServer _server = new();
    private readonly List<Candidate> _candidates = [];

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var candidate in _candidates)
        {
            await candidate.StopAsync();
            candidate.Dispose();
        }
    }

    [Fact]
    public async Task The_first_one_leads_and_the_second_waits()
    {
        var a = Start("a");
        await Until(() => a.Leads);
        var b = Start("b");
        await Pass(TimeSpan.FromMinutes(1));
        Assert.True(a.Leads);
        Assert.False(b.Leads);
        Assert.Equal("a", _server.Lease?.Spec.HolderIdentity);
    }

    [Fact]
    public async Task A_leader_that_stops_lets_the_next_one_in_at_once()
    {
        var a = Start("a");
        await Until(() => a.Leads);
        var b = Start("b");
        await a.StopAsync();
        await PassUntil(() => b.Leads, TimeSpan.FromSeconds(5));
        Assert.Equal(1, _server.Lease?.Spec.LeaseTransitions);
    }

    [Fact]
    public async Task A_leader_that_is_cut_off_gives_up_before_another_takes_over()
    {
        var a = Start("a");
        await Until(() => a.Leads);
        var b = Start("b");
        await Pass(TimeSpan.FromSeconds(4));
        _server.Cut = who => who == "a";
        var both = false;
        await PassUntil(() => b.Leads, TimeSpan.FromSeconds(40), () => both |= a.Leads && b.Leads);
        Assert.False(both);
        Assert.False(a.Leads);
    }

    [Fact]
    public async Task A_renewed_lease_is_never_taken_over_however_wrong_its_clock_is()
    {
        var a = Start("a");
        await Until(() => a.Leads);
        await Pass(TimeSpan.FromHours(1), TimeSpan.FromSeconds(1));
        Assert.Equal(0, _server.Lease?.Spec.LeaseTransitions);
    }

    private Candidate Start(string identity)
    {
        var candidate = new Candidate(new LeaseLeadership(_server.For(identity), new LeaseOptions { Name = "test", Identity = identity }, _clock, NullLogger.Instance));
        _candidates.Add(candidate);
        return candidate;
    }

    private async Task Pass(TimeSpan time, TimeSpan? step = null)
    {
        for (var passed = TimeSpan.Zero; passed < time; passed += step ?? TimeSpan.FromMilliseconds(500))
        {
            _clock.Advance(step ?? TimeSpan.FromMilliseconds(500));
            await Settle();
        }
    }

    private async Task PassUntil(Func<bool> condition, TimeSpan most, Action? each = null)
    {
        for (var passed = TimeSpan.Zero; passed < most && !condition(); passed += TimeSpan.FromMilliseconds(500))
        {
            _clock.Advance(TimeSpan.FromMilliseconds(500));
            await Settle();
            each?.Invoke();
        }

        Assert.True(condition());
    }

    // Every candidate is asleep again: each waits on a timer of the clock.
    private async Task Settle() => await Until(() => _candidates.TrueForAll(c => c.Ended) || _clock.ArmedTimers >= _candidates.Count(c => !c.Ended));

    private static Task Until(Func<bool> condition) => Eventually.Until(condition);

    private sealed class Candidate : IDisposable
    {
        private readonly CancellationTokenSource _stop = new();
        private readonly Task _task;
        private int _leads;

        public Candidate(LeaseLeadership leadership)
        {
            _task = leadership.RunAsync(
                async ct =>
                {
                    Interlocked.Exchange(ref _leads, 1);
                    var over = new TaskCompletionSource();
                    await using var registration = ct.Register(over.SetResult);
                    await over.Task;
                    Interlocked.Exchange(ref _leads, 0);
                    ct.ThrowIfCancellationRequested();
                },
                _stop.Token);
        }

        public bool Leads => Volatile.Read(ref _leads) == 1;

        public bool Ended => _task.IsCompleted;

        public void Dispose() => _stop.Dispose();

        public async Task StopAsync()
        {
            await _stop.CancelAsync();
            await _task.WaitAsync(Limit).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
