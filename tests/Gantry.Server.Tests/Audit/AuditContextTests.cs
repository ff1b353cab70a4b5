using Gantry.Server.Audit;

namespace Gantry.Server.Tests.Audit;

public sealed class AuditContextTests
{
    [Fact]
    public void AnAnnotationIsShownFromItsLevelOn()
    {
        var context = new AuditContext(AuditLevel.Metadata);
        Assert.True(context.Annotate("example.com/seen", "yes"));
        Assert.False(context.Annotate("example.com/patch", "[]", AuditLevel.Request));
        Assert.Equal([KeyValuePair.Create("example.com/seen", "yes")], context.Annotations);
    }

    [Fact]
    public void TheFirstValueOfAKeyStays()
    {
        var context = new AuditContext(AuditLevel.RequestResponse);
        context.Annotate("example.com/a", "first");
        Assert.False(context.Annotate("example.com/a", "second"));
        Assert.Equal("first", context.Annotations.Single().Value);
    }

    [Fact]
    public void WhatIsNotAuditedTakesNoAnnotations()
    {
        var context = new AuditContext(AuditLevel.None);
        Assert.False(context.Annotate("example.com/a", "b"));
        Assert.Empty(context.Annotations);
    }
}
