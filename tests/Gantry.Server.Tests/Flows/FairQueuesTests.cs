using Gantry.Api.Models;
using Gantry.Server.Flows;
using Gantry.Server.Requests;

namespace Gantry.Server.Tests.Flows;

public sealed class FairQueuesTests
{
    private static readonly FlowSettings Settings = new(600, TimeSpan.FromSeconds(60));
    private static readonly ServedFlow Flow = new("s", "uid", new PriorityLevel("l", Settings, TimeProvider.System), "ByUser", [], new FlowFigures());

    [Fact]
    public void Seats_are_shared_by_work_and_not_by_the_number_of_requests()
    {
        var queues = Queues();
        var served = new Dictionary<string, double>(StringComparer.Ordinal) { ["long"] = 0, ["short"] = 0 };
        Fill(queues, "long", 50);
        Fill(queues, "short", 50);

        // One seat; requests of one flow take ten times as long as those of the other.
        var now = 0.0;
        for (var i = 0; i < 44; i++)
        {
            var next = queues.Next()!;
            queues.Dispatch(next);
            var took = next.Distinguisher == "long" ? 1 : 0.1;
            now += took;
            queues.Advance(now, 1);
            queues.Finish(next.Queue!, next.Work, took);
            served[next.Distinguisher] += took;
        }

        Assert.InRange(served["short"] / served["long"], 0.6, 1.7);
    }

    [Fact]
    public void Requests_of_several_seats_count_for_several()
    {
        var queues = Queues();
        var seats = new Dictionary<string, int>(StringComparer.Ordinal) { ["wide"] = 0, ["narrow"] = 0 };
        Fill(queues, "wide", 50, seats: 5);
        Fill(queues, "narrow", 50);

        for (var i = 0; i < 48; i++)
        {
            var next = queues.Next()!;
            queues.Dispatch(next);
            queues.Finish(next.Queue!, next.Work, 0.01);
            seats[next.Distinguisher] += next.Seats;
        }

        Assert.InRange((double)seats["narrow"] / seats["wide"], 0.7, 1.4);
    }

    [Fact]
    public void A_flow_that_was_silent_has_no_claim_on_the_past()
    {
        var queues = Queues();
        Fill(queues, "busy", 50);
        var now = 0.0;
        for (var i = 0; i < 20; i++)
        {
            Serve(queues, ref now);
        }

        Fill(queues, "late", 20);
        var late = 0;
        for (var i = 0; i < 10; i++)
        {
            late += Serve(queues, ref now) == "late" ? 1 : 0;
        }

        Assert.InRange(late, 4, 6);
    }

    [Fact]
    public void A_queue_of_requests_that_left_is_forgotten()
    {
        var queues = Queues();
        var request = Request("a", 1);
        Assert.True(queues.TryJoin(request, full: true));
        Assert.True(queues.TryLeave(request));
        Assert.False(queues.TryLeave(request));
        Assert.Empty(queues.Busy);
        Assert.Equal((0, 0), (queues.Waiting, queues.WaitingSeats));
    }

    [Fact]
    public async Task A_request_wider_than_its_level_waits_until_it_is_alone()
    {
        var level = Level(seats: 3);
        Assert.True(level.TryTake(2));
        var request = Request("wide", 8);
        var waiting = level.WaitAsync(request, CancellationToken.None).AsTask();
        Assert.False(level.TryTake(1));

        level.Give(Work.Of(2), null, TimeSpan.Zero);

        Assert.Equal(FlowRefusal.None, await waiting.WaitAsync(TimeSpan.FromSeconds(20)));
        Assert.Equal(8, level.InUse);
    }

    [Fact]
    public async Task A_client_that_goes_away_leaves_its_place()
    {
        var level = Level(seats: 1);
        Assert.True(level.TryTake(1));
        using var client = new CancellationTokenSource();
        var waiting = level.WaitAsync(Request("a", 1), client.Token).AsTask();

        await client.CancelAsync();

        Assert.Equal(FlowRefusal.Cancelled, await waiting.WaitAsync(TimeSpan.FromSeconds(20)));
        Assert.Equal(0, level.Waiting);
    }

    [Fact]
    public async Task Nobody_waits_longer_than_a_quarter_of_a_requests_time()
    {
        var clock = new Gantry.Testing.ManualTimeProvider();
        var level = Level(seats: 1, clock);
        Assert.True(level.TryTake(1));
        var waiting = level.WaitAsync(Request("a", 1), CancellationToken.None).AsTask();
        clock.Advance(TimeSpan.FromSeconds(14));
        Assert.False(waiting.IsCompleted);

        clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(FlowRefusal.TimeOut, await waiting.WaitAsync(TimeSpan.FromSeconds(20)));
    }

    [Fact]
    public async Task Under_many_threads_no_seat_is_lost_and_none_given_twice()
    {
        var level = Level(seats: 4);
        var (now, most, done) = (0, 0, 0);
        async Task AskAsync(int worker)
        {
            for (var i = 0; i < 200; i++)
            {
                var request = Request("w" + (worker % 5), 1);
                if (!level.TryTake(1))
                {
                    Assert.Equal(FlowRefusal.None, await level.WaitAsync(request, CancellationToken.None));
                }

                most = Math.Max(most, Interlocked.Increment(ref now));
                await Task.Yield();
                Interlocked.Decrement(ref now);
                level.Give(Work.Of(1), request.Queue, TimeSpan.FromMilliseconds(1));
                Interlocked.Increment(ref done);
            }
        }

        await Task.WhenAll(Enumerable.Range(0, 16).Select(w => Task.Run(() => AskAsync(w)))).WaitAsync(TimeSpan.FromSeconds(60));

        Assert.Equal(3200, done);
        Assert.InRange(most, 1, 4);
        Assert.True(level.IsIdle);
    }

    private static PriorityLevel Level(int seats, TimeProvider? clock = null)
    {
        var level = new PriorityLevel("l", Settings, clock ?? TimeProvider.System);
        level.Configure("uid", new V1PriorityLevelConfigurationSpec
        {
            Type = "Limited",
            Limited = new() { LimitResponse = new() { Type = "Queue", Queuing = new() { Queues = 16, HandSize = 4, QueueLengthLimit = 50 } } },
        });
        level.Divide(new SeatLimits(seats, seats, seats));
        return level;
    }

    private static FairQueues Queues()
    {
        var queues = new FairQueues();
        // One queue for each flow.
        queues.Configure(64, 1, 100);
        return queues;
    }

    private static void Fill(FairQueues queues, string user, int count, int seats = 1)
    {
        for (var i = 0; i < count; i++)
        {
            Assert.True(queues.TryJoin(Request(user, seats), full: true));
        }
    }

    private static string Serve(FairQueues queues, ref double now)
    {
        var next = queues.Next()!;
        queues.Dispatch(next);
        now += 0.05;
        queues.Advance(now, 1);
        queues.Finish(next.Queue!, next.Work, 0.05);
        return next.Distinguisher;
    }

    private static WaitingRequest Request(string user, int seats) =>
        new(Flow, user, Work.Of(seats), new UserInfo { Name = user }, RequestInfoParser.Parse("GET", "/api/v1/pods", ""));
}
