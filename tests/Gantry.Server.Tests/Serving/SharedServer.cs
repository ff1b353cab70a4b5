namespace Gantry.Server.Tests.Serving;

/// <summary>The tests that share one server.</summary>
[CollectionDefinition(Name)]
public sealed class SharedServer : ICollectionFixture<RunningServer>
{
    public const string Name = "running server";
}
