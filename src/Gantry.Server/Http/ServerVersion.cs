using System.Reflection;
using System.Runtime.InteropServices;
using Gantry.Api.Trees;
using Gantry.Server.Figures;

namespace Gantry.Server.Http;

/// <summary>What <c>/version</c> answers: the Kubernetes version whose API this is, and whose server.</summary>
internal static class ServerVersion
{
    public const string Kubernetes = "v1.32.0";

    /// <summary>What OpenAPI documents are versioned with.</summary>
    public const string Emulated = "1.32";

    public static byte[] Json { get; } = PrettyJson.Of(TreeJson.Write(Document()));

    /// <summary>The same as labels of a figure.</summary>
    public static string Labels { get; } = Of(Document());

    private static string Of(TreeMap version) => FigureText.Labels(
        ("build_date", version.Text("buildDate")!), ("compiler", version.Text("compiler")!), ("git_commit", version.Text("gitCommit")!),
        ("git_tree_state", version.Text("gitTreeState")!), ("git_version", version.Text("gitVersion")!), ("go_version", version.Text("goVersion")!),
        ("major", version.Text("major")!), ("minor", version.Text("minor")!), ("platform", version.Text("platform")!));

    private static TreeMap Document()
    {
        var map = new TreeMap();
        var own = typeof(ServerVersion).Assembly.GetName().Version?.ToString(3) ?? "0.0.0";
        map["major"] = "1";
        map["minor"] = "32";
        map["gitVersion"] = $"{Kubernetes}+gantry{own}";
        map["gitCommit"] = Commit();
        map["gitTreeState"] = "clean";
        map["buildDate"] = "1970-01-01T00:00:00Z";
        map["goVersion"] = RuntimeInformation.FrameworkDescription;
        map["compiler"] = "dotnet" + Environment.Version.ToString(2);
        map["platform"] = "linux/" + (RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "arm64" : "amd64");
        return map;
    }

    // The build puts it behind the version: 0.1.0+commit.
    private static string Commit() =>
        typeof(ServerVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+') is [_, var commit] ? commit : "unknown";
}
