namespace Gantry.Conformance.Tests;

/// <summary>The tests that share one simulated cluster.</summary>
[CollectionDefinition(Name)]
public sealed class SharedCluster : ICollectionFixture<SimulatedCluster>
{
    public const string Name = "simulated cluster";
}
