"""What the pages of PluralPort 0.1 say of a file, as tables: for a reader that has not seen ours."""

KEYS = ("pluralport_version", "openplural_version")
ROOTS = ("pluralport.json", "openplural.json")
APPS = {
    *("prism", "sheaf", "simply_plural", "pluralkit", "octocon", "plural_star", "lighthouse", "openselves"),
    *("ampersand", "pluralspace", "open_plural", "tupperbox", "berrytree", "pluris_haven"),
}
VISIBILITY = {"public", "friends", "trusted", "private", "unknown"}
ROLES = {"primary", "co_front", "co_conscious", "influencing", "member", "custom_status", "unknown"}
FORMS = {
    "time": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z",
    "color": r"#[0-9A-Fa-f]{6}",
    "sha256": r"[0-9a-f]{64}",
    "mime": r"[a-z]+/[a-z0-9.+-]+",
    "kind": r"avatar|banner|image|audio|video|file|thumbnail|unknown",
    "term_kind": r"role|tag|source|relationship|identity|topic|status|custom|unknown",
    "period_kind": r"interval|event_pair|tiered|grouped|unknown",
    "talk": r"internal_chat|forum|thread|direct_message|proxy_log|unknown",
    "audience": r"public|private|unknown",
    "about": r"member|system",
    "subject": r"member|note|asset|front_period|custom",
    "level": r"info|warning|error",
    "field_type": r"text|markdown|number|boolean|color|date(_range)?|timestamp|month|year|month_year|month_day"
    r"|(multi)?select|json",
}
BIRTHDAYS = {"day": r"\d{4}-\d\d-\d\d", "month": r"\d{4}-\d\d", "year": r"\d{4}", "month_day": r"--\d\d-\d\d"}
TYPES = {"text": str, "bool": bool, "int": int, "list": list, "dict": dict, "any": object}
# A star: must be there and not null. `>members`: the id of one of those. What is no type is a form.
RECORDS = {
    "systems": "id*:text name*:text display_name:text description:text tag:text color:color avatar_asset_id:>assets"
    " banner_asset_id:>assets parent_system_id:>systems archived:bool privacy:privacy settings:dict",
    "members": "id*:text system_id*:>systems name:text display_name:text pronouns:text description:text age:text"
    " birthday:birthday color:color avatar_asset_id:>assets banner_asset_id:>assets proxy_tags:tags"
    " is_custom_front:bool archived:bool created_at:time sort_order:int privacy:privacy",
    "groups": "id*:text system_id*:>systems name*:text description:text color:color emoji:text"
    " parent_group_id:>groups sort_order:int privacy:privacy",
    "group_memberships": "id*:text group_id*:>groups member_id*:>members sort_order:int",
    "taxonomy_terms": "id*:text system_id*:>systems kind*:term_kind name*:text color:color"
    " parent_term_id:>taxonomy_terms",
    "taxonomy_assignments": "id*:text term_id*:>taxonomy_terms subject_type*:subject subject_id*:text scope:text",
    "custom_fields": "id*:text system_id*:>systems name*:text field_type*:field_type options:any date_precision:text"
    " sort_order:int privacy:privacy",
    "custom_field_values": "id*:text field_id*:>custom_fields subject_type*:about subject_id*:text value*:any",
    "front_periods": "id*:text system_id*:>systems started_at*:time ended_at:time assignments*:assignments status:text"
    " note:text source_kind:period_kind",
    "front_events": "id*:text system_id*:>systems at*:time assignments*:assignments note:text",
    "front_comments": "id*:text system_id*:>systems target_time*:time body*:text created_at*:time edited_at:time"
    " front_period_id:>front_periods front_event_id:>front_events author_member_id:>members",
    "notes": "id*:text system_id*:>systems body*:text created_at*:time member_id:>members title:text updated_at:time"
    " entry_date:text author_member_ids:list color:color visibility:text pinned:bool content_warning:text"
    " attachment_asset_ids:list",
    "chat.conversations": "id*:text system_id*:>systems kind*:talk title:text",
    "chat.messages": "id*:text conversation_id*:>chat.conversations author_member_id:>members body*:text"
    " created_at*:time reply_to_message_id:>chat.messages",
    "boards.posts": "id*:text system_id*:>systems target_member_id:>members author_member_id:>members title:text"
    " body*:text audience:audience created_at*:time written_at:time deleted_at:time",
    "assets": "id*:text kind*:kind mime_type:mime file_name:text uri:text data_base64:text data_uri:text"
    " size_bytes:int sha256:sha256 width:int height:int bundle_path:text",
}
ENVELOPE = {
    *KEYS,
    *(key.partition(".")[0] for key in RECORDS),
    "exported_at",
    "producer",
    "capabilities",
    "extensions",
    "warnings",
}
ENVELOPE |= {"relationships", "polls"}
MODULES = {
    *("systems", "members", "groups", "taxonomy", "custom_fields", "front_periods", "front_events", "front_comments"),
    *("notes", "assets", "chat", "boards", "relationships", "polls", "reminders", "habits", "proxy", "sharing"),
    "safety",
}
MAGIC = {"image/png": b"\x89PNG", "image/jpeg": b"\xff\xd8\xff", "image/gif": b"GIF8", "image/webp": b"RIFF"}
