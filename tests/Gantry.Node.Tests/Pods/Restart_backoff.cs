using Gantry.Node.Pods;

namespace Gantry.Node.Tests.Pods;

public sealed class Restart_backoff
{
    [Fact]
    public void Doubles_from_ten_seconds_to_five_minutes()
    {
        var backoff = new RestartBackoff();
        var time = Make.Now;
        var pauses = new List<double>();
        for (var i = 0; i < 8; i++)
        {
            pauses.Add(backoff.Pause("a", time).TotalSeconds);
            backoff.Restarted("a", time, backoff.Due("a", time));
            time = backoff.Due("a", time).AddSeconds(1);
        }

        Assert.Equal([0, 10, 20, 40, 80, 160, 300, 300], pauses);
    }

    [Fact]
    public void Forgives_a_container_that_ran_for_ten_minutes()
    {
        var backoff = new RestartBackoff();
        backoff.Restarted("a", Make.Now, Make.Now);
        Assert.Equal(TimeSpan.FromSeconds(10), backoff.Pause("a", Make.Now.AddMinutes(10)));
        Assert.Equal(TimeSpan.Zero, backoff.Pause("a", Make.Now.AddMinutes(10).AddSeconds(1)));
    }

    [Fact]
    public void Is_taken_over_from_the_number_of_restarts()
    {
        var backoff = new RestartBackoff();
        backoff.Adopt("a", 3, Make.Now);
        backoff.Adopt("b", 0, Make.Now);
        Assert.Equal(TimeSpan.FromSeconds(40), backoff.Pause("a", Make.Now));
        Assert.Equal(TimeSpan.Zero, backoff.Pause("b", Make.Now));
    }

    [Fact]
    public void Counts_each_container_by_itself()
    {
        var backoff = new RestartBackoff();
        backoff.Restarted("a", Make.Now, Make.Now);
        Assert.Equal(TimeSpan.Zero, backoff.Pause("b", Make.Now));
    }
}
