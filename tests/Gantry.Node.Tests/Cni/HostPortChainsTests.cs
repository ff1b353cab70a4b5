using Gantry.Node.Cni;

namespace Gantry.Node.Tests.Cni;

public sealed class HostPortChainsTests
{
    private const string Unused = """
        *nat
        :PREROUTING ACCEPT [503:42979]
        :POSTROUTING ACCEPT [0:0]
        :CNI-HOSTPORT-DNAT - [0:0]
        :CNI-HOSTPORT-MASQ - [0:0]
        -A PREROUTING -m addrtype --dst-type LOCAL -j CNI-HOSTPORT-DNAT
        -A POSTROUTING -m comment --comment "CNI portfwd requiring masquerade" -j CNI-HOSTPORT-MASQ
        -A POSTROUTING -s 172.17.0.0/16 -j MASQUERADE
        -A CNI-HOSTPORT-MASQ -m mark --mark 0x2000/0x2000 -j MASQUERADE
        COMMIT
        """;

    [Fact]
    public void Chains_that_lead_nowhere_go_and_other_rules_stay() => Assert.Equal(
        """
        *nat
        -D PREROUTING -m addrtype --dst-type LOCAL -j CNI-HOSTPORT-DNAT
        -D POSTROUTING -m comment --comment "CNI portfwd requiring masquerade" -j CNI-HOSTPORT-MASQ
        -F CNI-HOSTPORT-DNAT
        -F CNI-HOSTPORT-MASQ
        -X CNI-HOSTPORT-DNAT
        -X CNI-HOSTPORT-MASQ
        COMMIT

        """,
        HostPortChains.Removal(Unused));

    [Fact]
    public void Chains_stay_while_anybody_maps_a_port() =>
        Assert.Equal("", HostPortChains.Removal(Unused.Replace("COMMIT", "-A CNI-HOSTPORT-DNAT -p tcp -m tcp --dport 80 -j CNI-DN-0123456789\nCOMMIT", StringComparison.Ordinal)));

    [Theory]
    [InlineData("")]
    [InlineData("*nat\n:PREROUTING ACCEPT [0:0]\nCOMMIT\n")]
    public void Without_chains_there_is_nothing_to_do(string saved) => Assert.Equal("", HostPortChains.Removal(saved));
}
