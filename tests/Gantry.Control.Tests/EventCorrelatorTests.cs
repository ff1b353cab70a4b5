using Gantry.Api.Models;

namespace Gantry.Control.Tests;

public sealed class EventCorrelatorTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly EventCorrelator _correlator = new(new EventOptions { Component = "test", Burst = 25, Similar = 3 });

    [Fact]
    public void The_first_event_is_written_and_the_same_again_is_counted()
    {
        var first = Assert.IsType<EventAction.Write>(Take("web", "Pulled", "image pulled"));
        Assert.Equal(("Pulled", "image pulled", 1, "test"), (first.Event.Reason, first.Event.Message, first.Event.Count, first.Event.Source?.Component));
        var second = Assert.IsType<EventAction.Count>(Take("web", "Pulled", "image pulled"));
        Assert.Equal((first.Event.Metadata.Name, 2), (second.Name, second.Times));
        Assert.Equal(3, Assert.IsType<EventAction.Count>(Take("web", "Pulled", "image pulled")).Times);
    }

    [Fact]
    public void Events_about_different_objects_are_told_apart()
    {
        Take("web", "Pulled", "image pulled");
        Assert.IsType<EventAction.Write>(Take("db", "Pulled", "image pulled"));
    }

    [Fact]
    public void Many_different_messages_of_one_reason_are_combined()
    {
        for (var i = 0; i < 3; i++)
        {
            Assert.IsType<EventAction.Write>(Take("web", "Failed", $"attempt {i}"));
        }

        var combined = Assert.IsType<EventAction.Write>(Take("web", "Failed", "attempt 3"));
        Assert.Equal("(combined from similar events): attempt 3", combined.Event.Message);
        var counted = Assert.IsType<EventAction.Count>(Take("web", "Failed", "attempt 4"));
        Assert.Equal((combined.Event.Metadata.Name, "(combined from similar events): attempt 4"), (counted.Name, counted.Message));
    }

    [Fact]
    public void A_flood_about_one_object_is_dropped_and_let_in_again_slowly()
    {
        for (var i = 0; i < 25; i++)
        {
            Assert.IsNotType<EventAction.Drop>(Take("web", "Reason" + i, "x"));
        }

        Assert.IsType<EventAction.Drop>(Take("web", "One", "too many"));
        Assert.IsNotType<EventAction.Drop>(Take("db", "One", "another object"));
        Assert.IsNotType<EventAction.Drop>(Take("web", "One", "later", Start.AddMinutes(5)));
        Assert.IsType<EventAction.Drop>(Take("web", "Two", "later", Start.AddMinutes(5)));
    }

    [Fact]
    public void An_event_that_expired_is_written_anew()
    {
        var first = Assert.IsType<EventAction.Write>(Take("web", "Pulled", "x"));
        _correlator.Forget(first.Event.Metadata.Namespace, first.Event.Metadata.Name);
        Assert.IsType<EventAction.Write>(Take("web", "Pulled", "x"));
    }

    [Fact]
    public void Events_about_objects_without_a_namespace_are_kept_in_the_default_one() =>
        Assert.Equal("default", Assert.IsType<EventAction.Write>(Take("node", "Ready", "x", ns: "")).Event.Metadata.Namespace);

    private EventAction Take(string name, string reason, string message, DateTimeOffset? at = null, string ns = "apps") =>
        _correlator.Take(new V1ObjectReference { Kind = "Pod", Namespace = ns, Name = name, Uid = name }, "Normal", reason, message, at ?? Start);
}
