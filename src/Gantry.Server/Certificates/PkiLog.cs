using Microsoft.Extensions.Logging;

namespace Gantry.Server.Certificates;

internal static partial class PkiLog
{
    [LoggerMessage(2100, LogLevel.Information, "made the cluster's certificate authority {File}")]
    public static partial void AuthorityMade(ILogger log, string file);

    [LoggerMessage(2101, LogLevel.Information, "made certificate {File} for {CommonName}")]
    public static partial void LeafMade(ILogger log, string file, string commonName);

    [LoggerMessage(2102, LogLevel.Information, "made the key that signs service-account tokens, {File}")]
    public static partial void KeyMade(ILogger log, string file);
}
