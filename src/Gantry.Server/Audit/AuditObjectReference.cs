namespace Gantry.Server.Audit;

/// <summary>What a request is about (<c>objectRef</c>); unknown parts are empty.</summary>
public sealed record AuditObjectReference(string Resource, string Namespace, string Name, string Uid, string ApiGroup, string ApiVersion, string ResourceVersion, string Subresource);
