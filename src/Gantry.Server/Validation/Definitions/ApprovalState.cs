namespace Gantry.Server.Validation.Definitions;

/// <summary>What a definition in a group of the Kubernetes community says of its approval.</summary>
internal enum ApprovalState
{
    Invalid,
    Approved,
    Bypassed,
    Missing,
}
