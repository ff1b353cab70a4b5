using System.Text.RegularExpressions;
using Gantry.Api.Models;

namespace Gantry.Server.Validation;

/// <summary>iSCSI targets and the names of who speaks to them (RFC 3720, iqn, eui and naa names).</summary>
internal static partial class IscsiRules
{
    public const string TooLong = "Total length of <volume name>:<iscsi.targetPortal> must be under 64 characters if iscsi.initiatorName is specified.";

    [GeneratedRegex(@"iqn\.[0-9]{4}-[0-9]{2}\.([A-Za-z0-9\-.]+)(:[^,;*&$|\s]+)\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Iqn();

    [GeneratedRegex(@"^eui.[A-Za-z0-9]{16}\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Eui();

    [GeneratedRegex(@"^naa.[A-Za-z0-9]{32}\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Naa();

    public static void Volume(FieldErrors errors, V1ISCSIVolumeSource s, FieldPath at)
    {
        VolumeSourceRules.Needs(errors, at, ("targetPortal", s.TargetPortal));
        Target(errors, s.Iqn, s.Lun, (s.ChapAuthDiscovery || s.ChapAuthSession) && s.SecretRef is null, true, at);
        Initiator(errors, s.InitiatorName, true, at);
    }

    public static void PersistentVolume(FieldErrors errors, string volume, V1ISCSIPersistentVolumeSource s, FieldPath at)
    {
        VolumeSourceRules.Needs(errors, at, ("targetPortal", s.TargetPortal));
        if (s.InitiatorName is not null && (volume + ":" + s.TargetPortal).Length > 64)
        {
            errors.Invalid(at.Child("targetportal"), s.TargetPortal, TooLong);
        }

        Target(errors, s.Iqn, s.Lun, (s.ChapAuthDiscovery || s.ChapAuthSession) && s.SecretRef is null, false, at);
        VolumeSourceRules.Needs(errors, at.Child("secretRef"), ("name", s.SecretRef?.Name ?? "unset"));
        Initiator(errors, s.InitiatorName, false, at);
    }

    private static void Target(FieldErrors errors, string iqn, int lun, bool lacksSecret, bool wordy, FieldPath at)
    {
        VolumeSourceRules.Needs(errors, at, ("iqn", iqn));
        if (iqn.Length > 0)
        {
            errors.Invalid(at.Child("iqn"), iqn, Name(iqn, wordy));
        }

        if (lun is < 0 or > 255)
        {
            errors.Invalid(at.Child("lun"), lun, Rules.Between(0, 255));
        }

        if (lacksSecret)
        {
            errors.Required(at.Child("secretRef"));
        }
    }

    private static void Initiator(FieldErrors errors, string? name, bool wordy, FieldPath at)
    {
        if (name is not null)
        {
            errors.Invalid(at.Child("initiatorname"), name, Name(name, wordy));
        }
    }

    private static IEnumerable<string> Name(string name, bool wordy)
    {
        var good = name.Length >= 3 ? name[..3] switch { "iqn" => Iqn().IsMatch(name), "eui" => Eui().IsMatch(name), "naa" => Naa().IsMatch(name), _ => (bool?)null } : null;
        return good switch
        {
            true => [],
            false => ["must be valid format"],
            null => [wordy ? "must be valid format starting with iqn, eui, or naa" : "must be valid format"],
        };
    }
}
