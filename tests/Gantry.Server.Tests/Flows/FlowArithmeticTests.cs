using Gantry.Server.Flows;

namespace Gantry.Server.Tests.Flows;

public sealed class FlowArithmeticTests
{
    [Fact]
    public void Seats_are_divided_by_shares_and_limits_follow_from_what_is_lent()
    {
        var limits = SeatShares.Divide(600, [new(false, 5, 0, null), new(true, 0, 0, null), new(false, 20, 50, null), new(false, 220, 25, 10)]);

        Assert.Equal(new SeatLimits(13, 13, 600), limits[0]);
        Assert.Equal(0, limits[1].Nominal);
        Assert.Equal(new SeatLimits(49, 24, 600), limits[2]);
        Assert.Equal(new SeatLimits(539, 404, 593), limits[3]);
    }

    [Fact]
    public void An_idle_level_lends_to_a_busy_one_down_to_its_lower_limit()
    {
        var (idle, busy) = (new SeatLimits(100, 20, 200), new SeatLimits(100, 50, 200));

        var (current, _) = SeatShares.Lend(200, [new(idle, false, 0, 0), new(busy, false, 190, 190)]);

        Assert.Equal(180, current[1], tolerance: 2);
        Assert.Equal(20, current[0], tolerance: 2);
    }

    [Fact]
    public void A_level_that_needs_its_own_seats_gets_them_back()
    {
        var limits = new SeatLimits(100, 20, 200);

        var (current, _) = SeatShares.Lend(200, [new(limits, false, 100, 100), new(limits, false, 500, 500)]);

        Assert.Equal([100, 100], current);
    }

    [Fact]
    public void A_level_that_may_not_borrow_never_has_more_than_its_own()
    {
        var (current, _) = SeatShares.Lend(200, [new(new SeatLimits(100, 0, 200), false, 0, 0), new(new SeatLimits(100, 100, 100), false, 900, 900)]);
        Assert.Equal(100, current[1]);
    }

    [Fact]
    public void What_exempt_requests_take_is_not_lent()
    {
        var (current, _) = SeatShares.Lend(200, [new(new SeatLimits(0, 0, 200), true, 60, 60), new(new SeatLimits(200, 20, 200), false, 200, 200)]);
        Assert.Equal([60, 200], current);
    }

    [Fact]
    public void A_hand_has_no_card_twice_and_every_card_comes_up()
    {
        var seen = new HashSet<int>();
        Span<int> hand = stackalloc int[6];
        for (var i = 0UL; i < 2000; i++)
        {
            ShuffleShard.Deal(ShuffleShard.Hash("schema", "user" + i), 64, hand);
            Assert.Equal(6, new HashSet<int>(hand.ToArray()).Count);
            Assert.All(hand.ToArray(), card => Assert.InRange(card, 0, 63));
            seen.UnionWith(hand.ToArray());
        }

        Assert.Equal(64, seen.Count);
    }

    [Fact]
    public void A_whole_deck_can_be_dealt()
    {
        Span<int> hand = stackalloc int[5];
        ShuffleShard.Deal(ulong.MaxValue, 5, hand);
        Assert.Equal([0, 1, 2, 3, 4], hand.ToArray().Order());
    }

    [Fact]
    public void Clients_are_told_to_wait_longer_while_many_are_refused_and_less_when_few_are()
    {
        var dropped = new DroppedRequests();
        Assert.Equal(1, Second(dropped, 100, 10));
        Assert.Equal(2, Second(dropped, 101, 10));
        Assert.Equal(2, Second(dropped, 102, 10));
        Assert.Equal(4, Second(dropped, 103, 10));
        Assert.Equal(3, Second(dropped, 200, 1));
        Assert.Equal(2, Second(dropped, 300, 1));
    }

    [Fact]
    public void Waiting_never_gets_longer_than_half_a_minute()
    {
        var dropped = new DroppedRequests();
        var longest = 0L;
        for (var second = 0; second < 300; second++)
        {
            longest = Math.Max(longest, Second(dropped, 1000 + second, 200));
        }

        Assert.Equal(32, longest);
    }

    private static long Second(DroppedRequests dropped, long second, int count)
    {
        var last = 0L;
        for (var i = 0; i < count; i++)
        {
            last = dropped.Record(second);
        }

        return last;
    }
}
