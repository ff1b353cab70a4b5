using System.CommandLine;
using System.CommandLine.Parsing;
using System.Net;
using Gantry.Api;

namespace Gantry.Cli.Commands;

/// <summary>Options that several commands have; each call makes a new one, because an option belongs to one command.</summary>
public static class SharedOptions
{
    public static Option<string> DataDir() => new("--data-dir")
    {
        Description = "The directory of everything the cluster keeps.",
        HelpName = "DIR",
        DefaultValueFactory = _ => Environment.GetEnvironmentVariable("GANTRY_DATA_DIR") is { Length: > 0 } set ? set : DataFolder.Default,
    };

    public static Option<IPEndPoint> Listen(string fallback) => new("--listen")
    {
        Description = "Where the API is served. An address of 0.0.0.0 or [::] means every address of this machine.",
        HelpName = "ADDR:PORT",
        CustomParser = result => Endpoint(result),
        DefaultValueFactory = _ => IPEndPoint.Parse(fallback),
    };

    public static Option<string?> TokenAuthFile() => new("--token-auth-file")
    {
        Description = "A file of bearer tokens, a line each: token,user,uid,\"group1,group2\".",
        HelpName = "FILE",
    };

    public static Option<IPNetwork> ServiceRange() => new("--service-cluster-ip-range")
    {
        Description = "The addresses that services get; its first is the API's own.",
        HelpName = "CIDR",
        CustomParser = result => Network(result),
        DefaultValueFactory = _ => IPNetwork.Parse("10.43.0.0/16"),
    };

    public static Option<IPNetwork> ClusterCidr() => new("--cluster-cidr")
    {
        Description = "The addresses that pods get.",
        HelpName = "CIDR",
        CustomParser = result => Network(result),
        DefaultValueFactory = _ => IPNetwork.Parse("10.42.0.0/16"),
    };

    public static Option<string> NodeName() => new("--node-name")
    {
        Description = "The name of this machine in the cluster; its host name in lower case if not given.",
        HelpName = "NAME",
        DefaultValueFactory = _ => Environment.MachineName.ToLowerInvariant(),
    };

    /// <summary>A length of time as Go writes it.</summary>
    public static Option<TimeSpan> Duration(string name, string description, TimeSpan usual) => new(name)
    {
        Description = description,
        HelpName = "DURATION",
        DefaultValueFactory = _ => usual,
        CustomParser = result =>
        {
            if (GoDuration.TryParse(result.Tokens[0].Value, out var nanoseconds, out _))
            {
                return TimeSpan.FromTicks(nanoseconds / 100);
            }

            result.AddError($"{name} {result.Tokens[0].Value}: not a duration; write it like 30s or 1m30s");
            return default;
        },
    };

    private static IPEndPoint Endpoint(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (IPEndPoint.TryParse(text, out var endpoint) && text.Contains(':', StringComparison.Ordinal) && endpoint.Port > 0)
        {
            return endpoint;
        }

        result.AddError($"--listen {text}: not an address and a port; write it like 127.0.0.1:6443 or [::]:6443");
        return new IPEndPoint(IPAddress.Loopback, 0);
    }

    private static IPNetwork Network(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (IPNetwork.TryParse(text, out var network))
        {
            return network;
        }

        result.AddError($"{text}: not a range of addresses; write its first address and its length, like 10.43.0.0/16");
        return default;
    }
}
