"""The statements that decide about a message: by the account that sent it, by the member it is proxied as, by fronter.

Compiled once, since each message that anybody sends asks the first of them.
"""

from functools import cache

from sqlalchemy import String as Text
from sqlalchemy import bindparam, cast, exists, func, or_, select
from sqlalchemy.orm import aliased

from database.compiled_queries import CompiledQuery
from models import (
    Account,
    Autoproxy,
    BlacklistedChannel,
    Guild,
    Import,
    Member,
    MemberGuild,
    ProxyTagIndex,
    Switch,
    SwitchMember,
    System,
    SystemGuild,
    UnloggedChannel,
)
from rules.systems.members import is_listed


@cache
def sender_query() -> CompiledQuery:
    """The sender's system, what is set for it and its server, and the members whose tags may fit; nothing without one.

    Takes `user_id`, `guild_id`, `channel_id`, `parent_id`, and `signs`, the JSON of `tag_matching.find_signs`.
    """
    guild_id = bindparam("guild_id")
    signs = select(func.json_each(bindparam("signs")).table_valued("value").c.value)
    may_fit = select(ProxyTagIndex.member_id).where(ProxyTagIndex.system_id == System.id, ProxyTagIndex.sign.in_(signs))
    tags = (
        select(func.group_concat("[" + cast(Member.id, Text) + "," + Member.proxy_tags + "]", ","))
        .where(Member.system_id == System.id, Member.id.in_(may_fit.correlate(System)), is_listed())
        .scalar_subquery()
    )
    here = [bindparam("channel_id"), bindparam("parent_id")]
    blacklisted = exists().where(BlacklistedChannel.channel_id.in_(here))
    unlogged = exists().where(UnloggedChannel.channel_id.in_(here))
    return CompiledQuery(
        select(
            *(System.id, System.tag, System.avatar_url, System.case_sensitive_proxy_tags, System.name_format),
            *(System.latch_timeout, System.proxy_error_message_enabled, System.proxy_switch),
            *(Account.allow_autoproxy, Autoproxy.mode, Autoproxy.member_id, Autoproxy.latched_at),
            *(SystemGuild.proxy_enabled, SystemGuild.tag_enabled, SystemGuild.tag.label("guild_tag")),
            *(SystemGuild.avatar_url.label("guild_avatar"), SystemGuild.name_format.label("guild_format")),
            *(Guild.log_channel_id, Guild.proxy_off, Guild.require_tag, Guild.suppress_notifications),
            *(blacklisted.label("blacklisted"), unlogged.label("unlogged"), tags.label("tags")),
        )
        .select_from(Account)
        .join(System, System.id == Account.system_id)
        .outerjoin(SystemGuild, (SystemGuild.system_id == System.id) & (SystemGuild.guild_id == guild_id))
        .outerjoin(Autoproxy, (Autoproxy.system_id == System.id) & (Autoproxy.guild_id == guild_id))
        .outerjoin(Guild, Guild.id == guild_id)
        .where(Account.user_id == bindparam("user_id"))
    )


@cache
def member_query() -> CompiledQuery:
    """How a member looks, by `member_id` and `guild_id`."""
    return CompiledQuery(
        select(
            *(Member.name, Member.display_name, Member.webhook_avatar_url, Member.avatar_url, Member.color),
            *(Member.tts, Member.keep_proxy, Member.proxy_tags, Member.autoproxy_enabled),
            is_listed().label("is_proxied"),
            *(MemberGuild.display_name.label("guild_name"), MemberGuild.avatar_url.label("guild_avatar")),
            MemberGuild.keep_proxy.label("guild_keep"),
        )
        .select_from(Member)
        .outerjoin(MemberGuild, (MemberGuild.member_id == Member.id) & (MemberGuild.guild_id == bindparam("guild_id")))
        .where(Member.id == bindparam("member_id"))
    )


@cache
def first_fronter_query() -> CompiledQuery:
    """The first fronter of a system, by `system_id`; nothing while nobody fronts.

    Nothing either where a file said last who fronts, unless whoever imported it said that it is so now.
    """
    newest = aliased(Switch)
    own = select(newest.id).where(newest.system_id == bindparam("system_id"))
    latest = own.order_by(newest.timestamp.desc()).limit(1).scalar_subquery()
    first = (
        select(SwitchMember.member_id)
        .join(Switch, Switch.id == SwitchMember.switch_id)
        .outerjoin(Import, Import.id == Switch.import_id)
        .where(Switch.id == latest, or_(Switch.import_id.is_(None), Import.fronts_now.is_(True)))
    )
    return CompiledQuery(first.order_by(SwitchMember.position).limit(1))
