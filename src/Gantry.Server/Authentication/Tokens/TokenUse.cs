namespace Gantry.Server.Authentication.Tokens;

/// <summary>What is counted of service-account tokens.</summary>
internal enum TokenUse
{
    /// <summary>A token from a Secret.</summary>
    Legacy,

    /// <summary>One that was made for its account.</summary>
    LegacyAuto,

    /// <summary>One that somebody made.</summary>
    LegacyManual,

    /// <summary>One that is marked as invalid.</summary>
    LegacyInvalid,

    /// <summary>A longer-lived token of a pod that should have been renewed.</summary>
    Stale,

    /// <summary>One that was.</summary>
    Valid,
}
