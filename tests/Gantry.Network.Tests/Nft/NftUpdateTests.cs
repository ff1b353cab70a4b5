using Gantry.Network.Facts;
using Gantry.Network.Host;
using Gantry.Network.Nft;
using Gantry.Network.Tests.Services;

namespace Gantry.Network.Tests.Nft;

public sealed class NftUpdateTests
{
    [Fact]
    public void The_same_program_again_asks_for_nothing() =>
        Assert.Empty(NftUpdate.Between(Scenarios.Program("affinity"), Scenarios.Program("affinity")));

    [Fact]
    public void A_new_endpoint_rewrites_one_chain_and_nothing_else() =>
        Golden.Check("update-new-endpoint.nft", NftUpdate.Between(Scenarios.Program("one-endpoint"), Scenarios.Program("cluster-address")));

    [Fact]
    public void The_last_endpoint_going_turns_service_into_refusal() =>
        Golden.Check("update-last-endpoint-gone.nft", NftUpdate.Between(Scenarios.Program("node-port"), Scenarios.Program("no-endpoints")));

    [Fact]
    public void A_changed_affinity_time_replaces_the_table_because_sets_cannot_be_altered()
    {
        var (options, services, slices) = Scenarios.All["affinity"];
        var shorter = Scenarios.Program(options, [services[0] with { Affinity = TimeSpan.FromMinutes(1) }], slices);
        Assert.StartsWith("add table inet gantry\ndelete table inet gantry\n", NftUpdate.Between(Scenarios.Program("affinity"), shorter), StringComparison.Ordinal);
    }

    [KernelFact]
    public async Task The_kernel_takes_every_scenario_whole_and_every_step_from_one_to_the_next()
    {
        await using var host = await TestNamespace.CreateAsync();
        var applier = new NftApplier(host.Tools);
        var names = Scenarios.All.Keys.Concat(Scenarios.All.Keys.Reverse()).ToList();
        foreach (var name in names)
        {
            Success(await new NftApplier(host.Tools).RemoveAsync("gantry", default));
            Success(await new NftApplier(host.Tools).ApplyAsync(Scenarios.Program(name), default));
        }

        Success(await applier.ApplyAsync(Scenarios.Program("empty"), default));
        foreach (var name in names)
        {
            Success(await applier.ApplyAsync(Scenarios.Program(name), default));
        }
    }

    [KernelFact]
    public async Task Updates_lead_to_what_a_full_replacement_would_for_random_histories()
    {
        await using var host = await TestNamespace.CreateAsync();
        await using var other = await TestNamespace.CreateAsync();
        const int Seed = 20;
        var dice = new Random(Seed);
        var stepwise = new NftApplier(host.Tools);
        for (var step = 0; step < 12; step++)
        {
            var program = RandomProgram(dice);
            Success(await stepwise.ApplyAsync(program, default));
            Success(await new NftApplier(other.Tools).ApplyAsync(program, default));
            Assert.Equal(await ListAsync(other.Tools), await ListAsync(host.Tools));
        }
    }

    [KernelFact]
    public async Task Removing_the_table_leaves_nothing_and_may_be_repeated()
    {
        await using var host = await TestNamespace.CreateAsync();
        var applier = new NftApplier(host.Tools);
        Success(await applier.ApplyAsync(Scenarios.Program("balancer"), default));
        Success(await applier.RemoveAsync("gantry", default));
        Success(await applier.RemoveAsync("gantry", default));
        Assert.Equal("", await host.Tools.RequireAsync(["nft", "list", "ruleset"], default));
    }

    [KernelFact]
    public async Task After_a_failure_the_next_attempt_replaces_everything()
    {
        await using var host = await TestNamespace.CreateAsync();
        var applier = new NftApplier(host.Tools);
        Success(await applier.ApplyAsync(Scenarios.Program("one-endpoint"), default));
        await host.Tools.RequireAsync(["nft", "delete", "table", "inet", "gantry"], default);
        Assert.IsType<ApplyResult.Failed>(await applier.ApplyAsync(Scenarios.Program("cluster-address"), default));
        Success(await applier.ApplyAsync(Scenarios.Program("cluster-address"), default));
    }

    private static NftProgram RandomProgram(Random dice)
    {
        var services = new List<ServiceFact>();
        var slices = new List<SliceFact>();
        for (var i = 0; i < 6; i++)
        {
            if (dice.Next(4) == 0)
            {
                continue;
            }

            var name = new ServiceName("ns", $"svc-{i}");
            services.Add(Scenarios.Web(new ServicePortFact("http", Transport.Tcp, 80, dice.Next(2) * (30000 + i))) with
            {
                Name = name,
                ClusterAddresses = [System.Net.IPAddress.Parse($"10.43.0.{20 + i}")],
                Affinity = dice.Next(3) == 0 ? TimeSpan.FromSeconds(60) : null,
                ExternalLocal = dice.Next(3) == 0,
                InternalLocal = dice.Next(3) == 0,
            });
            var endpoints = Enumerable.Range(0, dice.Next(4)).Select(n => Scenarios.Pod($"10.42.0.{10 + dice.Next(8)}", dice.Next(3) == 0 ? "there" : "here"));
            slices.Add(Scenarios.Slice([.. endpoints]) with { Service = name });
        }

        return Scenarios.Program(Scenarios.Options, services, slices);
    }

    private static async Task<string> ListAsync(HostTools tools)
    {
        // Chains and sets are listed in the order of their making, and hash sets in any order: neither is meaning.
        var text = await tools.RequireAsync(["nft", "-s", "list", "table", "inet", "gantry"], default);
        var blocks = text.Replace(",\n\t\t\t     ", ", ", StringComparison.Ordinal).Split("\n\n").Select(b => string.Join('\n', b.Replace("table inet gantry {\n", "", StringComparison.Ordinal)
            .TrimEnd('}', '\n', '\t').Split('\n').Select(SortElements)));
        return string.Join("\n\n", blocks.Order(StringComparer.Ordinal));
    }

    private static string SortElements(string line)
    {
        const string Mark = "elements = { ";
        var at = line.IndexOf(Mark, StringComparison.Ordinal);
        return at < 0 ? line : line[..at] + string.Join(", ", line[(at + Mark.Length)..].TrimEnd(' ', '}').Split(", ").Select(e => e.Trim()).Order(StringComparer.Ordinal));
    }

    private static void Success(ApplyResult result) => Assert.False(result is ApplyResult.Failed, (result as ApplyResult.Failed)?.Reason);
}
