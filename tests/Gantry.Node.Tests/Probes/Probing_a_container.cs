using System.Collections.Concurrent;
using Gantry.Api.Models;
using Gantry.Node.Probes;
using Gantry.Testing;

namespace Gantry.Node.Tests.Probes;

public sealed class Probing_a_container
{
    private readonly ManualTimeProvider _clock = new();
    private readonly Script _script = new();
    private readonly ConcurrentQueue<string> _unhealthy = new();

    [Theory]
    [InlineData("ssfff", 1, 3, null, "s f")]
    [InlineData("fsfsfff", 1, 3, null, "s f")]
    [InlineData("ffss", 2, 2, null, "f s")]
    [InlineData("sss", 1, 3, true, "")]
    public void Results_change_after_enough_in_a_row(string outcomes, int successes, int failures, bool? initial, string changes)
    {
        var counter = new ProbeCounter(successes, failures, initial);
        Assert.Equal(changes, string.Join(' ', outcomes.Where(o => counter.Feed(o == 's'))));
    }

    [Fact]
    public async Task Readiness_starts_at_once_and_follows_the_outcomes()
    {
        await using var probes = Start(new V1Container { Name = "a", ReadinessProbe = new V1Probe { Exec = new V1ExecAction(), PeriodSeconds = 5, FailureThreshold = 2 } });
        Assert.False(probes.Verdict.Ready);
        await _script.AnswerAsync(true);
        await UntilAsync(() => probes.Verdict.Ready);
        await StepAsync(5, false);
        Assert.True(probes.Verdict.Ready);
        await StepAsync(5, false);
        await UntilAsync(() => !probes.Verdict.Ready);
        Assert.Equal(["Readiness probe failed: no", "Readiness probe failed: no"], _unhealthy);
    }

    [Fact]
    public async Task Liveness_waits_its_delay_and_demands_the_end_after_enough_failures()
    {
        var probe = new V1Probe { Exec = new V1ExecAction(), InitialDelaySeconds = 30, PeriodSeconds = 10, FailureThreshold = 2, TerminationGracePeriodSeconds = 4 };
        await using var probes = Start(new V1Container { Name = "a", LivenessProbe = probe });
        await StepAsync(29, null);
        Assert.Equal(0, _script.Asked);
        await StepAsync(1, false);
        Assert.Null(probes.Verdict.Kill);
        await StepAsync(10, false);
        await UntilAsync(() => probes.Verdict.Kill == "Container a failed liveness probe, will be restarted");
        Assert.Equal(TimeSpan.FromSeconds(4), probes.Verdict.Grace);
    }

    [Fact]
    public async Task Nothing_else_is_asked_before_the_startup_probe_succeeds()
    {
        var probe = new V1Probe { Exec = new V1ExecAction { Command = ["startup"] }, PeriodSeconds = 1, FailureThreshold = 5 };
        await using var probes = Start(new V1Container { Name = "a", StartupProbe = probe, ReadinessProbe = new V1Probe { Exec = new V1ExecAction { Command = ["ready"] }, PeriodSeconds = 1 } });
        await _script.AnswerAsync(false);
        await StepAsync(1, true);
        await UntilAsync(() => probes.Verdict.Started);
        Assert.False(probes.Verdict.Ready);
        await _script.AnswerAsync(true);
        await UntilAsync(() => probes.Verdict.Ready);
        Assert.Equal(["startup", "startup", "ready"], _script.Commands);
    }

    [Fact]
    public async Task A_failed_startup_demands_the_end()
    {
        await using var probes = Start(new V1Container { Name = "a", StartupProbe = new V1Probe { Exec = new V1ExecAction(), PeriodSeconds = 1, FailureThreshold = 1 } });
        await _script.AnswerAsync(false);
        await UntilAsync(() => probes.Verdict.Kill is not null);
        Assert.False(probes.Verdict.Started);
    }

    [Fact]
    public async Task A_container_known_to_be_ready_stays_so_until_asked()
    {
        var container = new V1Container { Name = "a", ReadinessProbe = new V1Probe { Exec = new V1ExecAction(), FailureThreshold = 1 } };
        await using var probes = Start(container, new ProbeVerdict { Started = true, Ready = true });
        Assert.True(probes.Verdict.Ready);
        await _script.AnswerAsync(false);
        await UntilAsync(() => !probes.Verdict.Ready);
    }

    private ContainerProbes Start(V1Container container, ProbeVerdict? known = null) =>
        new(new ProbeParts(_script, () => { }, _unhealthy.Enqueue, _clock), new ProbeTarget("c1", container, "10.0.0.2"), _clock.GetUtcNow(), known);

    // Moves the clock once somebody waits for it, and gives the answer that is then asked for.
    private async Task StepAsync(int seconds, bool? answer)
    {
        await UntilAsync(() => _clock.ArmedTimers > 0);
        _clock.Advance(TimeSpan.FromSeconds(seconds));
        if (answer is { } good)
        {
            await _script.AnswerAsync(good);
        }
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10), TimeProvider.System);
        while (!condition())
        {
            limit.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    private sealed class Script : IProbeRunner
    {
        private readonly System.Threading.Channels.Channel<bool> _answers = System.Threading.Channels.Channel.CreateUnbounded<bool>();
        private readonly System.Threading.Channels.Channel<bool> _taken = System.Threading.Channels.Channel.CreateUnbounded<bool>();
        private int _asked;

        public int Asked => _asked;

        public ConcurrentQueue<string> Commands { get; } = new();

        public async Task AnswerAsync(bool success)
        {
            await _answers.Writer.WriteAsync(success);
            await _taken.Reader.ReadAsync();
        }

        public async Task<ProbeOutcome> ProbeAsync(V1Probe probe, ProbeTarget target, CancellationToken ct)
        {
            Interlocked.Increment(ref _asked);
            Commands.Enqueue(string.Join(' ', probe.Exec!.Command));
            var success = await _answers.Reader.ReadAsync(ct);
            _taken.Writer.TryWrite(success);
            return new ProbeOutcome(success, success ? "" : "no");
        }
    }
}
