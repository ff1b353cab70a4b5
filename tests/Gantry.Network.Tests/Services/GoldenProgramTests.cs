using Gantry.Network.Nft;

namespace Gantry.Network.Tests.Services;

public sealed class GoldenProgramTests
{
    public static TheoryData<string> Names => [.. Scenarios.All.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_scenario_gives_its_golden_program(string name) =>
        Golden.Check($"{name}.nft", NftText.Replace(Scenarios.Program(name)));
}
