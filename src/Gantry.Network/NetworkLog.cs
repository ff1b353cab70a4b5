using Microsoft.Extensions.Logging;

namespace Gantry.Network;

internal static partial class NetworkLog
{
    [LoggerMessage(4101, LogLevel.Debug, "packet rules changed for {Services} services, {Bytes} bytes of nft")]
    public static partial void Applied(ILogger log, int services, int bytes);

    [LoggerMessage(4102, LogLevel.Warning, "nft refused the packet rules: {Reason}")]
    public static partial void Refused(ILogger log, string reason);

    [LoggerMessage(4103, LogLevel.Information, "the node routes for pods on {Bridge}; frames inside the bridge are filtered: {Filtered}")]
    public static partial void HostReady(ILogger log, string bridge, bool filtered);

}
