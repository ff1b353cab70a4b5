using Gantry.Node.Pods;

namespace Gantry.Node.Tests.Pods;

public sealed class Owners_of_containers
{
    private readonly ContainerOwners _owners = new();
    private readonly List<string> _told = [];

    [Fact]
    public void Are_told_of_ends()
    {
        _owners.Own("a", _told.Add);
        _owners.Announce("a");
        _owners.Announce("b");
        Assert.Equal(["a"], _told);
    }

    [Fact]
    public void Are_told_of_an_end_that_came_before_them()
    {
        _owners.Announce("a");
        _owners.Own("a", _told.Add);
        _owners.Own("a", _told.Add);
        Assert.Equal(["a"], _told);
    }

    [Fact]
    public void Are_not_told_once_they_gave_it_up()
    {
        _owners.Own("a", _told.Add);
        _owners.Disown("a");
        _owners.Announce("a");
        Assert.Empty(_told);
    }
}
