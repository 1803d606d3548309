namespace Tppo.Core.Privacy;

/// <summary>What was taken out of a text.</summary>
[Flags]
public enum RedactionKinds
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>An e-mail address.</summary>
    Email = 1,

    /// <summary>A payment card number (13 to 19 digits that pass the Luhn check).</summary>
    Card = 2,

    /// <summary>A United States social-security number.</summary>
    SocialSecurity = 4,

    /// <summary>A phone number.</summary>
    Phone = 8,
}
